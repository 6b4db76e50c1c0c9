/** Citizen pages work without scripts: the server renders them completely. */
export const csr = false;
