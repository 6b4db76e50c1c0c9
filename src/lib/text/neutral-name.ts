/** `lampiran-2.jpg`: the name of a file that leaves the office. One that a reporter gave may say who they are. */
export function neutralName(name: string, position: number): string {
	const extension = /\.[a-z0-9]{2,5}$/i.exec(name)?.[0] ?? '';
	return `lampiran-${position}${extension}`;
}
