/** Address of a list's export, with the list's filter. */
export function excelAddress(path: string, list: string): string {
	const query = list.split('?')[1];
	return query ? `${path}?${query}` : path;
}
