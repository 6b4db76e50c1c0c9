/** Pixels of a picture. Decoding needs memory for each of them. `uploads/limits.ts` limits the bytes of any file. */
export const MAX_PIXELS = 40_000_000;
/** Bytes of a PDF. The pages of one by a citizen are drawn as pictures, which takes time and memory. */
export const MAX_PDF_BYTES = 8 * 1024 * 1024;
/** Pages of a PDF by a citizen. Each is drawn and stored as a picture. */
export const MAX_PDF_PAGES = 20;
/** LAPOR's limit per file: 2 MB in the smaller of its two meanings. */
export const FORWARD_BYTES = 2_000_000;
