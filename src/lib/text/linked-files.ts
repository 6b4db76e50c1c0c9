/** A file stored at another service: its name, and its address if that is a web address. */
export interface LinkedFile {
	name: string;
	url?: string;
}

/** Parses the files listed in a response of another service or in a timeline entry. Only http(s) addresses are kept. */
export function linkedFiles(value: unknown): LinkedFile[] {
	if (!Array.isArray(value)) return [];
	return value.flatMap((file: unknown) => {
		if (typeof file !== 'object' || file === null || !('name' in file) || typeof file.name !== 'string') return [];
		const url = 'url' in file && typeof file.url === 'string' && isWeb(file.url) ? { url: file.url } : {};
		return [{ name: file.name, ...url }];
	});
}

function isWeb(address: string): boolean {
	try {
		return /^https?:$/.test(new URL(address).protocol);
	} catch {
		return false;
	}
}

/** `lampiran-2.jpg` for a file that leaves the office: the reporter's own name for it may identify them. */
export function neutralName(name: string, position: number): string {
	const extension = /\.[a-z0-9]{2,5}$/i.exec(name)?.[0] ?? '';
	return `lampiran-${position}${extension}`;
}
