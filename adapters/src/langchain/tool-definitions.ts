import { defined, field, textAt } from './field.ts';

interface ToolDefinition {
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly parameters?: unknown;
}

/** Tools offered to a model, from OpenAI's, Anthropic's and plain forms to the conventions' one. */
export function toolDefinitions(tools: readonly unknown[]): ToolDefinition[] {
  return tools.flatMap((tool) => {
    const own = field(tool, 'function') ?? tool;
    const name = textAt(own, 'name');
    // A provider's built-in tool has a type and no name.
    const type = textAt(tool, 'type') ?? 'function';
    if (name === undefined && type === 'function') return [];
    return [
      {
        type: name === undefined || type === 'custom' ? type : 'function',
        name: name ?? type,
        ...defined({
          description: textAt(own, 'description'),
          parameters: field(own, 'parameters') ?? field(own, 'input_schema') ?? field(own, 'schema'),
        }),
      },
    ];
  });
}
