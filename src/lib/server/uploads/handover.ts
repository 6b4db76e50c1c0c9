/**
 * How the production entry passes an upload to the pages. The entry stores the files of a large form in a folder and gives
 * the pages the same form with small stand-ins: the content of each is the number of its file in that folder.
 */
import { join } from 'node:path';

/** Written by the entry alone, which removes it from every request that arrives: `stored <id>` or `refused <reason>`. */
export const UPLOAD_HEADER = 'x-spatula-upload';

/** Fields of a form with its files, or values of a JSON body. The largest form of the site sends about 100. */
export const MAX_FIELDS = 300;
/** Bytes of all texts of a form; files have limits of their own. A report's text has at most 4,000 characters. */
export const MAX_TEXT_BYTES = 256 * 1024;
/** Bytes; a larger file is refused. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** Bytes of a form with its files. */
export const MAX_FORM_BYTES = 55 * 1024 * 1024;
/** Bytes of a form that is too large which are still read, so that its page can come back with the text. */
export const MOST_READ_BYTES = 4 * MAX_FORM_BYTES;

/** Why the files of a form were thrown away while its text was kept. `too_much`: too many fields or too much text. */
export type Refusal = 'busy' | 'slow' | 'no_room' | 'too_large' | 'too_much';

/** The folder of one upload, removed when its request has been answered. */
export const uploadFolder = (dataDir: string, id: string) => join(dataDir, 'incoming', id);
