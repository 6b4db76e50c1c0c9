// Forms and links, drawn on the server: there is nothing for a script to do.
export const csr = false;
