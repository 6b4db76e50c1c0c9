// While a backup is made the page renews itself; without scripts it is loaded anew.
export const csr = true;
