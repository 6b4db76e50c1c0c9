import { keyedHex } from '#lib/server/keys.ts';

/**
 * The keyed hash that stands for a message in the database. A WhatsApp id contains the sender's phone number in base64,
 * and an SMS is recognised by its sender and text. A reader of the database could compute the number from the id, or
 * from a hash without a key.
 */
export const hashMessageId = (id: string): string => keyedHex('message-id', id);
