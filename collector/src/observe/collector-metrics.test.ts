import { afterEach, expect, test } from 'vitest';
import { post, spanRequest } from '../testing/post.ts';
import { RunningCollectors } from '../testing/running-collectors.ts';
import { createObservatory } from './observatory.ts';

const SERVICE = { serviceName: 'tracelore', serviceVersion: '0' };
const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

test('what a collector did can be read as metrics', async () => {
  const observatory = createObservatory(SERVICE);
  const { meter } = observatory;
  const { url, store } = await collectors.start({ meter });
  const request = spanRequest({
    attributes: [{ key: 'password', value: { stringValue: 'something secret' } }],
  });
  await post(url, request);
  await post(url, request);
  await post(url, { resourceSpans: 1 });
  await post(url, {}, { path: '/nowhere' });
  const text = await observatory.render();
  for (const line of [
    'tracelore_collector_requests_total 4',
    'tracelore_collector_spans_received_total 1',
    'tracelore_collector_spans_stored_total 1',
    'tracelore_collector_repeated_total 1',
    'tracelore_collector_refused_total{reason="undecodable"} 1',
    'tracelore_collector_refused_total{reason="unknown_path"} 1',
    'tracelore_collector_refused_total{reason="overloaded"} 0',
    'tracelore_collector_redacted_total{rule="sensitive_name"} 1',
    'tracelore_collector_commits_total 1',
    'tracelore_collector_waiting_bytes 0',
    'tracelore_collector_oldest_waiting_seconds 0',
    'tracelore_collector_request_duration_seconds_count{transport="http",signal="traces",code="200"} 2',
    'tracelore_collector_request_duration_seconds_count{transport="http",signal="traces",code="400"} 1',
    'tracelore_collector_request_duration_seconds_count{transport="http",signal="other",code="404"} 1',
    'tracelore_collector_stored_after_seconds_count{signal="traces"} 2',
    'tracelore_collector_commit_duration_seconds_count 1',
    'tracelore_collector_commit_rows_sum 1',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).toMatch(/^# TYPE tracelore_collector_refused_total counter$/m);

  const release = store.hold();
  const begun = store.nextWrite();
  const waiting = post(url, spanRequest());
  await begun;
  expect(await observatory.render()).toMatch(/^tracelore_collector_oldest_waiting_seconds 0\.\d+$/m);
  release();
  await waiting;
});

test('values of labels cannot break out of their line', async () => {
  const observatory = createObservatory(SERVICE);
  observatory.meter.createCounter('odd', { description: 'Of\ntwo lines.' }).add(1, { label: 'a"b\\c\nd' });
  expect(await observatory.render()).toContain(String.raw`odd_total{label="a\"b\\c\nd"} 1`);
});
