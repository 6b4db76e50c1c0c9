// The two forms work without scripts.
export const csr = false;
