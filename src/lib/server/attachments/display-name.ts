const LONGEST = 80;
// Control, format (bidi overrides, zero width), private and unassigned characters, and characters that file systems
// forbid.
const FORBIDDEN = /[\p{C}\p{Zl}\p{Zp}<>:"|?*]/gu;
/** Matches the extension of a file name. `Foto 12.30` has none. */
export const EXTENSION = /\.((?=\d*[a-z])[a-z0-9]{2,5})\s*$/i;

/**
 * The name under which a file of the office is shown and downloaded. Folders and characters that hide or reverse text
 * are removed. The result has at most 80 characters and ends in `extension`. If nothing remains of the name, it is
 * `foto-1.jpg` or `dokumen-1.pdf`, numbered by `position`.
 */
export function displayName(name: string, extension: string, position: number): string {
	const stem = withoutLeadingDots(plain(name).replace(EXTENSION, ''));
	const short = [...stem]
		.slice(0, LONGEST - extension.length - 1)
		.join('')
		.replace(/[\s.]+$/, '');
	return `${short || `${extension === 'pdf' ? 'dokumen' : 'foto'}-${position}`}.${extension}`;
}

/** The name of a citizen's file. The original name could reveal who the citizen is. */
export function numberedName(mediaType: string, number: number): string {
	if (mediaType === 'application/pdf') return `Dokumen ${number}.pdf`;
	return `Foto ${number}.${mediaType === 'image/png' ? 'png' : 'jpg'}`;
}

/** Pattern for PostgreSQL that finds the number in a `numberedName`. */
export const NUMBER_IN_NAME = '^(?:Foto|Dokumen) ([0-9]{1,4})[.]';

/**
 * The file's name with its own extension, for a message that the file was refused. Folders, forbidden characters and
 * leading dots are removed, and the name is cut to 80 characters.
 */
export function senderFileName(name: string, position: number): string {
	return [...withoutLeadingDots(plain(name))].slice(0, LONGEST).join('') || `file-${position}`;
}

function plain(name: string): string {
	const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
	return last
		.replace(/[\t\n\r]/g, ' ')
		.replace(FORBIDDEN, '')
		.replace(/\s+/g, ' ');
}

/** Removes leading dots, which would hide a saved file. */
function withoutLeadingDots(name: string): string {
	return name.replace(/^[\s.]+/, '').trim();
}
