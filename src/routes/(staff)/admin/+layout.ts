// The server renders these forms and links; they need no scripts.
export const csr = false;
