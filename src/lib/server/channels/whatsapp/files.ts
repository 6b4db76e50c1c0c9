import { fileTypeFromBuffer } from 'file-type';
import { storeFile } from '#lib/server/attachments/disk-reserve.ts';
import { fingerprintsOf, keepFiles, type KeptFile } from '#lib/server/attachments/stored-files.ts';
import { FilesRefused, Invalid, invalid } from '#lib/server/errors.ts';
import { fetchMedia } from '#lib/server/integrations/whatsapp/client.ts';
import { MAX_FILE_BYTES } from '#lib/server/uploads/limits.ts';
import { noteFailed, type ConnectionRow } from '../connections/connections.ts';
import type { IncomingContent } from '../incoming/store-message.ts';
import type { StoredMessage } from './receive.ts';
import { settingsOf } from './settings.ts';

type Files = Pick<IncomingContent, 'files' | 'refusedFiles'>;

/** Names of files without one. In the language of the office, because they are stored. */
const KINDS: Partial<Record<string, string>> = { image: 'Foto', document: 'Dokumen', audio: 'Suara', video: 'Video' };

/** The service did not answer: the message is tried again later. WhatsApp keeps its files for days. */
class MediaUnreachable extends Error {
	override name = 'MediaUnreachable';
}

/** WhatsApp refused the access token. It keeps files for days, so the file is fetched after the token is replaced. */
export class TokenRefused extends Error {
	override name = 'TokenRefused';
}

/**
 * Fetches the file of a message, cleans it and stores it. A voice note stays as it is: the app writes no metadata into it.
 * @throws TokenRefused · MediaUnreachable · FilesRefused while there is no room, or too much to clean at once
 */
export async function filesOf(connection: ConnectionRow, message: StoredMessage): Promise<Files> {
	const { media, kind } = message;
	if (!media || kind === 'sticker') return { files: [], refusedFiles: [] };
	const name = media.name ?? kind;
	const refuse = (reason: string): Files => ({
		files: [],
		refusedFiles: [{ name: media.name ?? KINDS[kind] ?? kind, reason }]
	});
	// A sound file that the person shared may contain its place and device.
	if (kind === 'audio' && media.voice === false) return refuse('file_unsupported');
	const fetched = await fetchMedia((await settingsOf(connection)).call, media.id, MAX_FILE_BYTES);
	if ('missing' in fetched) {
		if (fetched.missing === 'token') {
			await noteFailed(connection.id, 'whatsapp_token');
			throw new TokenRefused();
		}
		if (fetched.missing === 'unreachable') throw new MediaUnreachable();
		return refuse(fetched.missing === 'too_large' ? 'file_too_large' : 'file_expired');
	}
	const { bytes } = fetched;
	try {
		if (kind === 'audio') return { files: [await keepVoice(bytes)], refusedFiles: [] };
		return { files: await keepFiles([{ name, type: media.mediaType, bytes }], 'citizen'), refusedFiles: [] };
	} catch (cause) {
		const isTemporary = cause instanceof FilesRefused && cause.reason !== 'too_large';
		if (!(cause instanceof Invalid) || isTemporary) throw cause;
		return refuse(cause.issues[0]?.code ?? 'file_unsupported');
	}
}

/** @throws Invalid `file_unsupported` unless WhatsApp records like this. Other sound files can contain place and device */
async function keepVoice(bytes: Buffer): Promise<KeptFile> {
	const recorded = (await fileTypeFromBuffer(bytes))?.mime === 'audio/ogg; codecs=opus';
	if (!recorded) throw invalid('file', 'file_unsupported');
	const mediaType = 'audio/ogg';
	const id = await storeFile(bytes);
	const [sha256 = ''] = fingerprintsOf([{ name: '', type: mediaType, bytes }]);
	return { id, name: null, mediaType, bytes: bytes.length, width: null, height: null, sha256 };
}
