import {
  create,
  createFileRegistry,
  fromJson,
  toBinary,
  type DescMessage,
  type JsonObject,
} from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';

type Field = readonly [name: string, number: number, type: string];

/** The messages of OTLP that the decoders read, for an independent implementation to compare with. `*` = repeated. */
const MESSAGES: Readonly<Record<string, readonly Field[]>> = {
  AnyValue: [
    ['string_value', 1, 'string|value'],
    ['bool_value', 2, 'bool|value'],
    ['int_value', 3, 'int64|value'],
    ['double_value', 4, 'double|value'],
    ['array_value', 5, 'ArrayValue|value'],
    ['kvlist_value', 6, 'KeyValueList|value'],
    ['bytes_value', 7, 'bytes|value'],
  ],
  ArrayValue: [['values', 1, '*AnyValue']],
  KeyValueList: [['values', 1, '*KeyValue']],
  KeyValue: [
    ['key', 1, 'string'],
    ['value', 2, 'AnyValue'],
  ],
  Resource: [['attributes', 1, '*KeyValue']],
  InstrumentationScope: [
    ['name', 1, 'string'],
    ['version', 2, 'string'],
    ['attributes', 3, '*KeyValue'],
  ],
  ExportTraceServiceRequest: [['resource_spans', 1, '*ResourceSpans']],
  ResourceSpans: [
    ['resource', 1, 'Resource'],
    ['scope_spans', 2, '*ScopeSpans'],
    ['schema_url', 3, 'string'],
  ],
  ScopeSpans: [
    ['scope', 1, 'InstrumentationScope'],
    ['spans', 2, '*Span'],
    ['schema_url', 3, 'string'],
  ],
  Span: [
    ['trace_id', 1, 'bytes'],
    ['span_id', 2, 'bytes'],
    ['trace_state', 3, 'string'],
    ['parent_span_id', 4, 'bytes'],
    ['name', 5, 'string'],
    ['kind', 6, 'int32'],
    ['start_time_unix_nano', 7, 'fixed64'],
    ['end_time_unix_nano', 8, 'fixed64'],
    ['attributes', 9, '*KeyValue'],
    ['dropped_attributes_count', 10, 'uint32'],
    ['events', 11, '*Event'],
    ['links', 13, '*Link'],
    ['status', 15, 'Status'],
    ['flags', 16, 'fixed32'],
  ],
  Event: [
    ['time_unix_nano', 1, 'fixed64'],
    ['name', 2, 'string'],
    ['attributes', 3, '*KeyValue'],
  ],
  Link: [
    ['trace_id', 1, 'bytes'],
    ['span_id', 2, 'bytes'],
    ['trace_state', 3, 'string'],
    ['attributes', 4, '*KeyValue'],
  ],
  Status: [
    ['message', 2, 'string'],
    ['code', 3, 'int32'],
  ],
  ExportLogsServiceRequest: [['resource_logs', 1, '*ResourceLogs']],
  ResourceLogs: [
    ['resource', 1, 'Resource'],
    ['scope_logs', 2, '*ScopeLogs'],
    ['schema_url', 3, 'string'],
  ],
  ScopeLogs: [
    ['scope', 1, 'InstrumentationScope'],
    ['log_records', 2, '*LogRecord'],
    ['schema_url', 3, 'string'],
  ],
  LogRecord: [
    ['time_unix_nano', 1, 'fixed64'],
    ['severity_number', 2, 'int32'],
    ['severity_text', 3, 'string'],
    ['body', 5, 'AnyValue'],
    ['attributes', 6, '*KeyValue'],
    ['flags', 8, 'fixed32'],
    ['trace_id', 9, 'bytes'],
    ['span_id', 10, 'bytes'],
    ['observed_time_unix_nano', 11, 'fixed64'],
    ['event_name', 12, 'string'],
  ],
  // Answers.
  PartialSuccess: [
    ['rejected', 1, 'int64'],
    ['error_message', 2, 'string'],
  ],
  ExportServiceResponse: [['partial_success', 1, 'PartialSuccess']],
  RpcStatus: [
    ['code', 1, 'int32'],
    ['message', 2, 'string'],
    ['details', 3, '*Any'],
  ],
  Any: [
    ['type_url', 1, 'string'],
    ['value', 2, 'bytes'],
  ],
};

function fieldJson([name, number, type]: Field): JsonObject {
  const repeated = type.startsWith('*');
  const [base = '', oneof] = type.replace('*', '').split('|');
  const scalar = base.toLowerCase() === base;
  return {
    name,
    jsonName: name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    number,
    label: repeated ? 'LABEL_REPEATED' : 'LABEL_OPTIONAL',
    ...(scalar
      ? { type: `TYPE_${base.toUpperCase()}` }
      : { type: 'TYPE_MESSAGE', typeName: `.otlp.${base}` }),
    ...(oneof === undefined ? {} : { oneofIndex: 0 }),
  };
}

function fileDescriptor(): FileDescriptorProto {
  return fromJson(FileDescriptorProtoSchema, {
    name: 'otlp.proto',
    package: 'otlp',
    syntax: 'proto3',
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      field: fields.map(fieldJson),
      ...(fields.some(([, , type]) => type.includes('|')) ? { oneofDecl: [{ name: 'value' }] } : {}),
    })),
  });
}

/** All messages, in the form in which protoc reads them from a file. */
export function otlpDescriptorSet(): Uint8Array {
  return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [fileDescriptor()] }));
}

const registry = createFileRegistry(fileDescriptor(), () => undefined);

/** Descriptor of one of the messages above, for `@bufbuild/protobuf`. */
export function otlpMessage(name: string): DescMessage {
  const message = registry.getMessage(`otlp.${name}`);
  if (message === undefined) throw new Error(`no message ${name}`);
  return message;
}
