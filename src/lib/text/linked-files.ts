/** A file that stands with another service: its name, and where it is, if that is an address of the web. */
export interface LinkedFile {
	name: string;
	url?: string;
}

/** Files as a foreign answer or a timeline entry lists them. Anything but http(s) is no address to follow. */
export function linkedFiles(value: unknown): LinkedFile[] {
	if (!Array.isArray(value)) return [];
	return value.flatMap((file: unknown) => {
		if (typeof file !== 'object' || file === null || !('name' in file) || typeof file.name !== 'string') return [];
		const url = 'url' in file && typeof file.url === 'string' && isWeb(file.url) ? { url: file.url } : {};
		return [{ name: file.name, ...url }];
	});
}

function isWeb(address: string): boolean {
	return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

/** `lampiran-2.jpg`: the name of a file that leaves the office. One that a reporter gave may say who they are. */
export function neutralName(name: string, position: number): string {
	const extension = /\.[a-z0-9]{2,5}$/i.exec(name)?.[0] ?? '';
	return `lampiran-${position}${extension}`;
}
