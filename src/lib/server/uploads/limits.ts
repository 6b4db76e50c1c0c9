/** Fields of a form with its files, or values of a JSON body. The largest form of the site sends about 100. */
export const MAX_FIELDS = 300;
/** Bytes of all texts of a form. Files have their own limits. A report's text has at most 4,000 characters. */
export const MAX_TEXT_BYTES = 256 * 1024;
/** Bytes of a field that count as text. Its name counts too, because a sender can make it as long as a text. */
export const fieldBytes = (name: string | undefined, text: string): number =>
	Buffer.byteLength(name ?? '') + Buffer.byteLength(text);
/** Bytes; a larger file is refused. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** Bytes. JSON may not be larger. A form up to this size never waits for an upload slot. */
export const SMALL_BODY = 64 * 1024;
/** Bytes of a call by WhatsApp or an SMS gateway, which may hold many messages. */
export const HOOK_BODY = 3 * 1024 * 1024;
/** Bytes of a form with its files. */
export const MAX_FORM_BYTES = 55 * 1024 * 1024;
/** Bytes that are read of a form that is too large, so that the page can show its text again. */
export const MOST_READ_BYTES = 4 * MAX_FORM_BYTES;
