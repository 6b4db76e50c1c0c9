import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { env } from '#lib/server/env.ts';

export type ExportFormat = 'csv' | 'xlsx';

export const MEDIA_TYPES: Record<ExportFormat, string> = {
	csv: 'text/csv; charset=utf-8',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
};

/** Name of an attempt's file. Each attempt has its own, so that a worker that was treated as dead changes no other file. */
export const fileOf = ({ id, attempts }: { id: string; attempts: number }): string => `${id}-${attempts}`;

const folder = () => join(env().DATA_DIR, 'exports');
const pathOf = (id: string) => join(folder(), id);
const unfinished = (id: string) => `${pathOf(id)}.part`;

/** Opens a temporary file for writing. `finishFile` gives it its final name. */
export async function beginFile(id: string): Promise<Writable> {
	await mkdir(folder(), { recursive: true });
	return createWriteStream(unfinished(id), { mode: 0o600 });
}

/** @returns the size of the file in bytes */
export async function finishFile(id: string): Promise<number> {
	await rename(unfinished(id), pathOf(id));
	return (await stat(pathOf(id))).size;
}

/** Removes the file, finished or not. Does nothing if there is none. */
export async function removeFile(id: string): Promise<void> {
	await rm(unfinished(id), { force: true });
	await rm(pathOf(id), { force: true });
}

export const readExport = (id: string): Readable => createReadStream(pathOf(id));
