// Links and forms only, without scripts.
export const csr = false;
