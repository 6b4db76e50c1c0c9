// While a backup is made the page renews itself; without scripts it is loaded again.
export const csr = true;
