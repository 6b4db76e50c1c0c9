/**
 * Passes an upload from the production entry to the pages. The entry stores the files of a large form in a folder. The
 * pages get the same form with a placeholder for each file, which contains the file's number in that folder.
 */
import { join } from 'node:path';

/**
 * Header `stored <id>` or `refused <reason>`. Only the entry writes it, and removes it from every request that arrives.
 */
export const UPLOAD_HEADER = 'x-spatula-upload';

/** Why the files of a form were dropped while its text was kept. `too_much`: too many fields or too much text. */
export type Refusal = 'busy' | 'slow' | 'no_room' | 'too_large' | 'too_much';

/** The folder of one upload. It is removed when the response begins. */
export const uploadFolder = (dataDir: string, id: string) => join(dataDir, 'incoming', id);
