// The forms work without scripts.
export const csr = false;
