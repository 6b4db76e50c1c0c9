export const MAX_PIXELS = 40_000_000;
export const MAX_PDF_BYTES = 8 * 1024 * 1024;
export const MAX_PDF_PAGES = 20;
/** LAPOR's limit per file: 2 MB in the smaller of its two meanings. */
export const FORWARD_BYTES = 2_000_000;
