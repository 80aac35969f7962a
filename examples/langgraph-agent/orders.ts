import { type DynamicStructuredTool, tool } from '@langchain/core/tools';
import { trace } from '@tracelore/sdk';
import { z } from 'zod';

const ORDERS: ReadonlyMap<string, { readonly state: string; readonly arrives: string }> = new Map([
  ['1007', { state: 'shipped', arrives: 'Friday' }],
  ['1008', { state: 'waiting for payment', arrives: 'unknown' }],
]);

/** The application's own function; inside the tool it is a span below the tool's. */
const readOrder = trace('read order', async (id: string) => ORDERS.get(id));

export const findOrder: DynamicStructuredTool = tool(
  async ({ id }: { id: string }) => {
    const order = await readOrder(id);
    if (order === undefined) throw new RangeError(`there is no order ${id}`);
    return JSON.stringify({ id, ...order });
  },
  {
    name: 'find_order',
    description: 'State of an order and the day it arrives.',
    schema: z.object({ id: z.string().describe('Number of the order, for example 1007.') }),
  },
);
