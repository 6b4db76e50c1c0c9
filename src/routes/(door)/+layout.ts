// Two plain forms without scripts.
export const csr = false;
