/** The one part of the citizens' room with scripts of its own: a tablet resets itself and keeps ratings without a line. */
export const csr = true;
