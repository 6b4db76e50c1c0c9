/** Citizens need no script: a page is whole as it arrives. */
export const csr = false;
