import { EXTENSION } from './display-name.ts';

/** A kind of file that citizens may attach. All others are refused. */
type Kind = {
	mediaType: string;
	/** The common name of the kind, the same in every language. */
	label: string;
	extensions: readonly string[];
	/** Other media types that browsers and the detection use for the same content. */
	aliases: readonly string[];
};

const KINDS: readonly Kind[] = [
	{
		mediaType: 'image/jpeg',
		label: 'JPEG',
		extensions: ['jpg', 'jpeg', 'jpe', 'jfif'],
		aliases: ['image/jpg', 'image/pjpeg']
	},
	{ mediaType: 'image/png', label: 'PNG', extensions: ['png', 'apng'], aliases: ['image/x-png', 'image/apng'] },
	{ mediaType: 'image/webp', label: 'WebP', extensions: ['webp'], aliases: [] },
	{ mediaType: 'image/gif', label: 'GIF', extensions: ['gif'], aliases: [] },
	// HEIC, which uses the same container as AVIF, needs a patented decoder that sharp's build doesn't have.
	{ mediaType: 'image/avif', label: 'AVIF', extensions: ['avif', 'avifs'], aliases: ['image/avif-sequence'] },
	{ mediaType: 'application/pdf', label: 'PDF', extensions: ['pdf'], aliases: ['application/x-pdf'] }
];

/** Types that browsers declare for unknown content. They claim nothing. */
const UNSPECIFIC_TYPES = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

/** The accepted kinds as a list for a sentence: `JPEG, PNG, WebP, GIF, AVIF, PDF`. */
export function acceptedLabels({ pdf }: { pdf: boolean }): string {
	return KINDS.filter((kind) => pdf || kind.label !== 'PDF')
		.map((kind) => kind.label)
		.join(', ');
}

/** The value of a file field's `accept`. */
export function acceptAttribute(): string {
	return KINDS.map((kind) => kind.mediaType).join(',');
}

/** The kind of a media type, with or without parameters; undefined if it is not accepted. */
export function kindOfType(mediaType: string): Kind | undefined {
	const type = bareType(mediaType);
	return KINDS.find((kind) => kind.mediaType === type || kind.aliases.includes(type));
}

/**
 * True if neither the extension of `name` nor the declared type contradicts `kind`. A picture may have the name of
 * another kind of picture, because chat programs save it so, and because it is encoded again under a new name.
 */
export function namesAgree(kind: Kind, name: string, declaredType: string): boolean {
	const extension = extensionOf(name);
	const type = bareType(declaredType);
	const alike = KINDS.filter((other) => other === kind || (kind.label !== 'PDF' && other.label !== 'PDF'));
	return (
		(extension === null || alike.some(({ extensions }) => extensions.includes(extension))) &&
		(UNSPECIFIC_TYPES.has(type) || alike.some((other) => kindOfType(type) === other))
	);
}

/** True if the extension or the declared type is of an accepted kind. */
export function claimsAccepted(name: string, declaredType: string): boolean {
	const extension = extensionOf(name);
	return (
		kindOfType(declaredType) !== undefined ||
		(extension !== null && KINDS.some((kind) => kind.extensions.includes(extension)))
	);
}

/** The extension in lower case without the dot; null for a name without one. */
function extensionOf(name: string): string | null {
	return EXTENSION.exec(name)?.[1]?.toLowerCase() ?? null;
}

function bareType(mediaType: string): string {
	return (mediaType.split(';')[0] ?? '').trim().toLowerCase();
}
