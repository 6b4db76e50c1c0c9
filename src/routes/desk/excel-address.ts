/** Where a list is taken away as it stands: under the filter of its own address. */
export function excelAddress(path: string, list: string): string {
	const query = list.split('?')[1];
	return query ? `${path}?${query}` : path;
}
