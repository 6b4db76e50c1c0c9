import { HOUR_MS } from '#lib/calendar/durations.ts';
import { m } from '#lib/paraglide/messages.js';
import { fileSize } from '#lib/text/numbers.ts';

const faults: Record<string, () => string> = {
	already_running: m.backup_fault_already_running,
	damaged: m.backup_fault_damaged,
	disk_full: m.backup_fault_disk_full,
	inconsistent: m.backup_fault_inconsistent,
	newer: m.backup_fault_newer,
	not_writable: m.backup_fault_not_writable,
	stopped: m.backup_fault_stopped
};

export const faultWord = (code: string | null): string => (faults[code ?? ''] ?? m.backup_fault_other)();

export function ageInHours(at: Date, now: Date): string {
	const hours = Math.floor((now.getTime() - at.getTime()) / HOUR_MS);
	if (hours < 1) return m.backup_age_now();
	return hours < 48 ? m.backup_age_hours({ count: hours }) : m.backup_age_days({ count: Math.floor(hours / 24) });
}

export function stageWord({
	state,
	stage,
	stageBytes
}: {
	state: string;
	stage: 'database' | 'files' | 'checking' | null;
	stageBytes: number;
}): string {
	if (state === 'waiting' || !stage) return m.backup_stage_waiting();
	const words = {
		database: m.backup_stage_database,
		files: m.backup_stage_files,
		checking: m.backup_stage_checking
	};
	return words[stage]({ size: fileSize(stageBytes) });
}
