import { expect, test } from 'vitest';
import { renderMetrics, single } from './metrics.ts';

test('metrics in the text format of Prometheus', () => {
  const text = renderMetrics([
    single('up_seconds', 'gauge', 'Since the start.', 1.5),
    {
      name: 'refused_total',
      kind: 'counter',
      help: 'By reason.',
      samples: [
        { labels: { reason: 'too_large', project: 'a"b\\c\nd' }, value: 2 },
        { labels: { reason: 'busy' }, value: 0 },
      ],
    },
  ]);
  expect(text).toBe(
    [
      '# HELP up_seconds Since the start.',
      '# TYPE up_seconds gauge',
      'up_seconds 1.5',
      '',
      '# HELP refused_total By reason.',
      '# TYPE refused_total counter',
      String.raw`refused_total{reason="too_large",project="a\"b\\c\nd"} 2`,
      'refused_total{reason="busy"} 0',
      '',
    ].join('\n'),
  );
});
