// Drawn on the server, links and forms only: there is nothing for a script to do.
export const csr = false;
