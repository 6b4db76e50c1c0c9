// During a backup the page refreshes itself; without scripts the person reloads it.
export const csr = true;
