export { captureSpans, type SpanCapture } from './testing/capture-spans.ts';
export {
  type Answer,
  type Answerer,
  type FakeService,
  type ReceivedRequest,
  startFakeService,
} from './testing/fake-service.ts';
export { decodeReceivedSpans, type ReceivedSpan } from './testing/received-span.ts';
