/** The kiosk is the only citizen page that needs scripts: it resets itself and stores ratings without a connection. */
export const csr = true;
