// The server renders these links, forms and charts; they need no scripts.
export const csr = false;
