const LONGEST = 80;
// Control, format (bidi overrides, zero width), private and unassigned characters, and what file systems forbid.
const UNFIT = /[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu;
const EXTENSION = /\.((?=\d*[a-z])[a-z0-9]{2,5})\s*$/i;

/**
 * The name under which a file of the office is shown and downloaded: what it was called, without folders, without characters
 * that hide or turn the text around, at most 80 characters, with the extension its content has now. A name with nothing
 * left becomes `foto-1.jpg` or `dokumen-1.pdf`, numbered by `position`.
 */
export function displayName(given: string, extension: string, position: number): string {
	const stem = undotted(plain(given).replace(EXTENSION, ''));
	const short = [...stem]
		.slice(0, LONGEST - extension.length - 1)
		.join('')
		.replace(/[\s.]+$/, '');
	return `${short || `${extension === 'pdf' ? 'dokumen' : 'foto'}-${position}`}.${extension}`;
}

/** The name of a citizen's file. Their own may say who they are. */
export function numberedName(mediaType: string, number: number): string {
	if (mediaType === 'application/pdf') return `Dokumen ${number}.pdf`;
	return `Foto ${number}.${mediaType === 'image/png' ? 'png' : 'jpg'}`;
}

/** The name as the reporter knows it, for a sentence about a file that is not kept: harmless, but nothing corrected. */
export function givenName(given: string, position: number): string {
	return [...undotted(plain(given))].slice(0, LONGEST).join('') || `file-${position}`;
}

function plain(given: string): string {
	const last = given.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
	return last
		.replace(/[\t\n\r]/g, ' ')
		.replace(UNFIT, '')
		.replace(/\s+/g, ' ');
}

/** A leading dot would hide the file where it is saved. */
function undotted(name: string): string {
	return name.replace(/^[\s.]+/, '').trim();
}
