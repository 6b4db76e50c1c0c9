// These links and forms work without scripts.
export const csr = false;
