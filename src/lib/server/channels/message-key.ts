import { keyedHex } from '#lib/server/keys.ts';

/**
 * The keyed hash of what identifies a message. Ids of WhatsApp contain the number of the person in base64, and an SMS is
 * known by its sender and text, so an id or a plain hash of it would show the number to readers of the database.
 */
export const messageKey = (id: string): string => keyedHex('message-id', id);
