import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { now } from '#lib/server/clock.ts';
import {
	institutionNamed,
	type SandboxState,
	type StoredFile,
	type StoredFollowup,
	type StoredReport
} from './records.ts';

const empty = (): SandboxState => ({
	// Another stand-in hardly gives these numbers. If it did, the demo could not tell its own reports from the new ones.
	nextReportId: 8_417_263,
	nextFileId: 4_199_656,
	nextFollowupId: 70_001,
	reports: [],
	files: []
});

/**
 * The state is written once per burst of changes. The wait is at least `WRITE_DELAY_MS`, and longer if the last write was
 * slow.
 */
const WRITE_DELAY_MS = 150;
const WAIT_PER_WRITE = 10;

/** The state of the sandbox. The whole state is written to a temporary file, which then replaces the old one. */
export class SandboxStore {
	readonly #file: string | null;
	#state: SandboxState;
	#byId = new Map<number, StoredReport>();
	#timer: NodeJS.Timeout | undefined;
	#writing: Promise<void> = Promise.resolve();
	#lastWriteMs = 0;

	constructor(file: string | null) {
		this.#file = file;
		if (file) mkdirSync(dirname(file), { recursive: true });
		this.#state = file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SandboxState) : empty();
		this.#index();
	}

	get reports(): readonly StoredReport[] {
		return this.#state.reports;
	}

	get files(): readonly StoredFile[] {
		return this.#state.files;
	}

	report(id: number): StoredReport | undefined {
		return this.#byId.get(id);
	}

	hasFile(id: number): boolean {
		return this.#state.files.some((file) => file.id === id);
	}

	addReport(payload: Record<string, unknown>): StoredReport {
		const at = now().toISOString();
		const dispositionId = Number(payload['disposition_id']);
		const report: StoredReport = {
			id: this.#state.nextReportId++,
			at,
			payload,
			statusName: 'Belum Terverifikasi',
			dispositionId,
			statusLogs: [{ note: 'Laporan diterima', at }],
			dataLogs: [],
			followups: []
		};
		this.#state.reports.push(report);
		this.#byId.set(report.id, report);
		this.#changed();
		return report;
	}

	addFile(file: Omit<StoredFile, 'id' | 'at'>): StoredFile {
		const stored = { ...file, id: this.#state.nextFileId++, at: now().toISOString() };
		this.#state.files.push(stored);
		this.#changed();
		return stored;
	}

	addFollowup(report: StoredReport, followup: Omit<StoredFollowup, 'id' | 'at'>): StoredFollowup {
		const stored = { ...followup, id: this.#state.nextFollowupId++, at: now().toISOString() };
		report.followups.push(stored);
		this.#changed();
		return stored;
	}

	/** Changes a report's status, as staff of LAPOR would. The log contains placeholders that clients must fill. */
	moveStatus(report: StoredReport, statusName: string, note: string): void {
		const at = now().toISOString();
		report.statusName = statusName;
		report.statusLogs.push({ note: note || `Status menjadi ${statusName}`, at });
		const to = institutionNamed(report.dispositionId);
		const content = `{{institution_from}} mengubah status laporan menjadi ${statusName}`;
		report.dataLogs.push({ content, from: to, to, at });
		this.#changed();
	}

	reset(): void {
		// Numbers continue, so that no id is used for two reports.
		const { nextReportId, nextFileId, nextFollowupId } = this.#state;
		this.#state = { ...empty(), nextReportId, nextFileId, nextFollowupId };
		this.#index();
		this.#changed();
	}

	#changed(): void {
		if (this.#file === null || this.#timer) return;
		this.#timer = setTimeout(() => void this.flush(), Math.max(WRITE_DELAY_MS, this.#lastWriteMs * WAIT_PER_WRITE));
	}

	/** Resolves when all changes so far are on disk. */
	async flush(): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const file = this.#file;
		if (file !== null) this.#writing = this.#writing.then(() => this.#write(file));
		await this.#writing;
	}

	async #write(file: string): Promise<void> {
		const started = performance.now();
		await writeAtomically(file, JSON.stringify(this.#state));
		this.#lastWriteMs = performance.now() - started;
	}

	#index(): void {
		this.#byId = new Map(this.#state.reports.map((report) => [report.id, report]));
	}
}

/** Writes a file so that a killed process leaves the old content or the new one. Only its owner may read it. */
export async function writeAtomically(file: string, text: string): Promise<void> {
	const temporary = `${file}.part`;
	const handle = await open(temporary, 'w', 0o600);
	try {
		await handle.writeFile(text);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(temporary, file);
}
