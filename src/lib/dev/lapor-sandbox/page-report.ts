import { escapeHtml, frame, options, statusChip, wibText } from './page-frame.ts';
import { INSTITUTIONS, institutionNamed, STATUS_NAMES, type StoredFile, type StoredReport } from './records.ts';
import { fillPlaceholders } from '#lib/server/integrations/lapor/tracking.ts';

const ASIDE = ['title', 'content'];

/** One report as received, its history, and the two forms that play LAPOR's part. */
export function reportPage(report: StoredReport, files: readonly StoredFile[], complaint = ''): string {
	const { payload } = report;
	const keys = Object.entries(payload).filter(([key]) => !ASIDE.includes(key));
	const list = keys.map(
		([key, value]) => `<dt>${escapeHtml(key)}</dt><dd>${escapeHtml(value === null ? 'null' : value)}</dd>`
	);
	return frame(
		`Laporan #${report.id}`,
		`<p><a href="/">Semua laporan</a></p>${complaint ? `<p class="bad" role="alert">${escapeHtml(complaint)}</p>` : ''}
<section><h1>#${report.id} · ${escapeHtml(payload['title'])}</h1>
<p>${statusChip(report.statusName)} <span class="soft">diterima ${escapeHtml(wibText(report.at))}, disposisi: ${escapeHtml(institutionNamed(report.dispositionId).name)}</span></p>
<pre>${escapeHtml(payload['content'])}</pre>${fileList(payload['attachments'], files)}</section>
${statusForm(report)}${followupForm(report)}${history(report)}
<section><h2>Isian yang dikirim</h2><dl>${list.join('')}</dl></section>`
	);
}

function fileList(attachments: unknown, files: readonly StoredFile[]): string {
	const ids = typeof attachments === 'string' ? (attachments.match(/\d+/g) ?? []).map(Number) : [];
	const sent = files.filter((file) => ids.includes(file.id));
	const rows = sent.map(
		(file) => `<li>${escapeHtml(file.name)} (${escapeHtml(file.type)}, ${Math.ceil(file.bytes / 1024)} kB)</li>`
	);
	return rows.length > 0 ? `<h2>Lampiran</h2><ul>${rows.join('')}</ul>` : '';
}

const statusForm = (report: StoredReport): string => `<section><h2>Ubah status</h2>
<form method="post" action="/laporan/${report.id}/status"><div class="row">
<div><label for="status_name">Status</label><select id="status_name" name="status_name">${options(STATUS_NAMES, report.statusName)}</select></div>
<div><label for="other">atau nama lain</label><input id="other" name="other" maxlength="100"></div></div>
<label for="note">Catatan</label><input id="note" name="note" maxlength="1000"><button>Simpan status</button></form></section>`;

const followupForm = (report: StoredReport): string => `<section><h2>Tambah tindak lanjut</h2>
<form method="post" action="/laporan/${report.id}/tindak-lanjut">
<label for="content">Isi</label><textarea id="content" name="content" required maxlength="5000"></textarea><div class="row">
<div><label for="institution_from">Dari instansi</label><select id="institution_from" name="institution_from">${options(['Admin SP4N-LAPOR!', ...INSTITUTIONS.map(({ name }) => name)])}</select></div>
<div><label for="status_new">Sekaligus ubah status menjadi</label><select id="status_new" name="status_new"><option value="">tidak diubah</option>${options(STATUS_NAMES)}</select></div></div>
<button>Kirim tindak lanjut</button></form></section>`;

function history(report: StoredReport): string {
	const entries = [
		...report.statusLogs.map(({ at, note }) => ({ at, who: 'Status', text: note })),
		...report.dataLogs.map(({ at, content, from, to }) => ({
			at,
			who: 'Catatan',
			text: fillPlaceholders(content, { institution_from: from.name, institution_to: to.name })
		})),
		...report.followups.map(({ at, content, institutionFrom, by }) => ({
			at,
			who: `${institutionFrom}${by === 'api' ? ' (lewat API)' : ''}`,
			text: content
		}))
	].sort((a, b) => b.at.localeCompare(a.at));
	const items = entries.map(
		({ at, who, text }) =>
			`<li><span class="soft">${escapeHtml(wibText(at))} · ${escapeHtml(who)}</span><pre>${escapeHtml(text)}</pre></li>`
	);
	return `<section><h2>Riwayat</h2><ol class="log">${items.join('')}</ol></section>`;
}
