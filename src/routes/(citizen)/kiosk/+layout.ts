/** Scripts reset the kiosk between visitors and store ratings while offline. Without scripts it is a plain form. */
export const csr = true;
