/** Largest request body, bytes, before and after inflation. Over it: 413. */
export const BODY_BYTES_MAX = 67_108_864;

/** Most spans or log records in one request. Over it: 413. */
export const ITEMS_PER_REQUEST_MAX = 50_000;

/** Deepest nesting of attribute values (arrays and key-value lists). Over it: 400. */
export const VALUE_DEPTH_MAX = 64;

/** Most characters of a message in an answer: the protocol wants short answers. */
export const ANSWER_MESSAGE_CHARACTERS_MAX = 2_000;

/** Longest attribute text that is read, bytes of protobuf or UTF-16 units of JSON; 1 MiB of it is stored, the cut is marked. */
export const TEXT_READ_MAX = 8_388_608;

/** Most attributes, events and links of one span, or attributes of one log record. Over it: that one is rejected. */
export const PARTS_PER_ITEM_MAX = 50_000;

/** Most values inside lists and maps of one span or log record, together. Over it: that one is rejected. */
export const NESTED_VALUES_MAX = 300_000;
