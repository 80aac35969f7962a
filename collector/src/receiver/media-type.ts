import { Refusal } from '../errors.ts';

/** Encoding of a request and of the answer to it. */
export type Encoding = 'protobuf' | 'json';

export const MEDIA_TYPES: Readonly<Record<Encoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** Encoding named by a Content-Type header; parameters and letter case do not matter. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-protobuf' || mediaType === 'application/protobuf') return 'protobuf';
  return mediaType === 'application/json' ? 'json' : undefined;
}

export function requireEncoding(contentType: string | undefined): Encoding {
  const encoding = encodingOf(contentType);
  if (encoding !== undefined) return encoding;
  throw new Refusal(
    'unsupported_media_type',
    `content-type ${JSON.stringify(contentType ?? '')}: expected ${MEDIA_TYPES.protobuf} or ${MEDIA_TYPES.json}`,
  );
}
