import { PassThrough, type Readable } from 'node:stream';
import type { RequestEvent } from '@sveltejs/kit';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { Invalid } from '#lib/server/errors.ts';
import { MEDIA_TYPES, readExport, type ExportFormat } from '#lib/server/exports/file.ts';
import { ownExport } from '#lib/server/exports/own.ts';
import { exportedFilter } from '#lib/server/exports/request.ts';
import { writeCases } from '#lib/server/exports/write.ts';
import { log } from '#lib/server/log.ts';
import { recordExport } from '#lib/server/people/exports.ts';
import { homeUnit } from '#lib/server/people/units/home-unit.ts';
import { toWebStream } from '#lib/server/web-stream.ts';
import { signedIn } from '../http/signed-in.ts';

function fileAnswer(body: Readable, format: ExportFormat, day: string, bytes?: number): Response {
	return new Response(toWebStream(body), {
		headers: {
			'content-type': MEDIA_TYPES[format],
			...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
			'content-disposition': `attachment; filename="laporan-${day}.${format}"`,
			'cache-control': 'private, no-store',
			'x-content-type-options': 'nosniff'
		}
	});
}

/** Streams a small export; stops reading when the browser disconnects. */
export async function smallExport({ locals, url }: RequestEvent): Promise<Response> {
	const actor = signedIn(locals);
	const { format: asked, ...rest } = Object.fromEntries(url.searchParams);
	const format = (['csv', 'xlsx'] as const).find((one) => one === asked);
	if (!format) throw new Invalid([{ path: 'format', code: 'export_format' }]);
	const { filter, query } = await exportedFilter(actor, new URLSearchParams(rest).toString());
	const unit = await homeUnit(actor);
	const zone = unit?.timeZone ?? 'UTC';
	const out = new PassThrough();
	const ended = new AbortController();
	out.once('close', () => ended.abort());
	let rows = 0;
	const told = { list: 'cases', filter: Object.fromEntries(new URLSearchParams(query)) } as const;
	const step = async (n: number) => void (rows = n);
	void writeCases(out, actor, { format, filter, query, zone, lang: locals.lang }, ended.signal, step)
		.then(
			(n) => ({ rows: n, complete: true }),
			(cause: unknown) => {
				// A client that disconnected needs no answer. A file that broke in the middle must not look complete.
				if (!ended.signal.aborted) log().error({ err: cause }, 'an export was not sent to its end');
				out.destroy(cause instanceof Error ? cause : undefined);
				return { rows, complete: false };
			}
		)
		.then((outcome) => recordExport(actor, unit?.id ?? null, { ...told, ...outcome }))
		.catch((cause: unknown) => log().error({ err: cause }, 'an export was not noted'));
	return fileAnswer(out, format, localDate(now(), zone));
}

/** Sends a file that a job wrote to the person who requested it. */
export async function writtenExport({ locals, params }: RequestEvent<{ id: string }>): Promise<Response> {
	const actor = signedIn(locals);
	const { file, format, bytes, createdAt } = await ownExport(actor, params.id);
	const unit = await homeUnit(actor);
	return fileAnswer(readExport(file), format, localDate(createdAt, unit?.timeZone ?? 'UTC'), bytes);
}
