// Two plain forms: there is nothing for a script to do.
export const csr = false;
