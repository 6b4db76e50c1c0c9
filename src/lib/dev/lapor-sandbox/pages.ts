import { fillPlaceholders } from '#lib/server/integrations/lapor/tracking.ts';
import { ENDPOINT_WORDS, FAULT_WORDS, type FaultPlan } from './faults.ts';
import type { ShownEmail } from './options.ts';
import { INSTITUTIONS, institutionNamed, STATUS_NAMES, type StoredFile, type StoredReport } from './records.ts';

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;'
};

/** Escapes a foreign text for HTML. Every foreign text on a page must pass through this function. */
export const escapeHtml = (value: unknown): string =>
	String(value ?? '').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** An ISO time in WIB, like `5 Des 2026, 16.00 WIB`. */
function wibText(iso: string): string {
	const parts = new Intl.DateTimeFormat('id-ID', {
		timeZone: 'Asia/Jakarta',
		day: 'numeric',
		month: 'short',
		year: 'numeric',
		hour: '2-digit',
		minute: '2-digit'
	});
	return `${parts.format(new Date(iso))} WIB`;
}

const STYLE = `
:root{color-scheme:light;--ink:#1c2733;--soft:#5b6875;--line:#d9e0e7;--paper:#fff;--ground:#f3f5f8;--mark:#a3262a}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header{background:var(--paper);border-bottom:3px solid var(--mark);padding:1rem 0}.wrap{max-width:62rem;margin:0 auto;padding:0 1rem}
header a.home{color:inherit;text-decoration:none;font-weight:700;font-size:1.15rem}nav{display:flex;gap:1.25rem;margin-top:.4rem}nav a{padding:.35rem 0}header p{margin:.2rem 0 0;color:var(--soft)}
main.wrap{padding:1.25rem 1rem 3rem}section{background:var(--paper);border:1px solid var(--line);border-radius:10px;padding:1rem 1.25rem;margin-bottom:1.25rem}
h1{font-size:1.4rem;margin:.25rem 0 1rem}h2{font-size:1.1rem;margin:.25rem 0 .75rem}a{color:#0b5394}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th{text-align:left;color:var(--soft);font-weight:600;font-size:.9rem}
th,td{padding:.5rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}td.text{min-width:12rem;overflow-wrap:anywhere}
.chip{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:.05rem .6rem;font-size:.9rem;white-space:nowrap}
.s-selesai{background:#e4f4e8;border-color:#9fd0ac}.s-ditolak,.s-diarsipkan{background:#fbe7e7;border-color:#e2aaaa}.s-dalam-proses{background:#fff3d6;border-color:#e5cd8c}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--ground);border-radius:8px;padding:.75rem;font:inherit;margin:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}input,select,textarea{font:inherit;width:100%;padding:.5rem .6rem;border:1px solid #8b98a5;border-radius:8px;background:#fff}
textarea{min-height:6rem}button{font:inherit;font-weight:600;margin-top:.9rem;padding:.55rem 1.1rem;border:0;border-radius:8px;background:#0b5394;color:#fff;min-height:2.75rem}
button.plain{background:#fff;color:var(--ink);border:1px solid #8b98a5}.row{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:0 1rem}
ol.emails{list-style:none;margin:0;padding:0}ol.emails li{border-top:1px solid var(--line);padding:.6rem 0}ol.emails a{display:block;font-weight:600;overflow-wrap:anywhere}pre.email{margin-top:1rem}
ol.log{list-style:none;margin:0;padding:0}ol.log li{border-left:3px solid var(--line);padding:.1rem 0 .8rem .9rem}.soft{color:var(--soft)}.bad{color:var(--mark);font-weight:600}
:focus-visible{outline:3px solid #f2a900;outline-offset:2px}`;

/** A whole page. `body` is HTML in which foreign texts are escaped. */
const frame = (title: string, body: string): string => `<!doctype html>
<html lang="id">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Tiruan SP4N-LAPOR!</title><style>${STYLE}</style></head>
<body><header><div class="wrap"><a class="home" href="/">Tiruan SP4N-LAPOR!</a>
<p>Untuk pengembangan dan peragaan. Tidak terhubung ke lapor.go.id; tidak ada laporan di sini yang sampai ke sana.</p>
<nav><a href="/">Laporan</a><a href="/e-mail">E-mail</a></nav></div></header>
<main class="wrap">${body}</main></body></html>`;

const statusChip = (name: string): string =>
	`<span class="chip s-${escapeHtml(name.toLowerCase().replace(/[^a-z]+/g, '-'))}">${escapeHtml(name)}</span>`;

const choices = (values: readonly string[], chosen?: string): string =>
	values.map((value) => `<option${value === chosen ? ' selected' : ''}>${escapeHtml(value)}</option>`).join('');

const optionsWithWords = (words: Readonly<Record<string, string>>): string =>
	Object.entries(words)
		.map(([value, word]) => `<option value="${escapeHtml(value)}">${escapeHtml(word)}</option>`)
		.join('');

const PAGE = 50;

type ListedFaults = ReturnType<FaultPlan['list']>['faults'];

export function listPage(reports: readonly StoredReport[], faults: ListedFaults, page: number): string {
	const newest = reports.toReversed();
	const shown = newest.slice((page - 1) * PAGE, page * PAGE);
	const rows = shown.map(row).join('');
	const table = rows
		? `<div class="scroll"><table><thead><tr><th>Nomor</th><th>Diterima</th><th>Judul</th><th>Tanda</th><th>Status</th><th>Tindak lanjut</th></tr></thead><tbody>${rows}</tbody></table></div>`
		: '<p class="soft">Belum ada laporan. Laporan yang diteruskan dari SPATULA akan tampil di sini.</p>';
	const links = [
		page > 1 ? `<a href="/?hal=${page - 1}">Lebih baru</a>` : '',
		newest.length > page * PAGE ? `<a href="/?hal=${page + 1}">Lebih lama</a>` : ''
	];
	return frame(
		'Laporan diterima',
		`<section><h1>Laporan diterima (${reports.length})</h1>${table}<p>${links.filter(Boolean).join(' · ')}</p></section>${faultPanel(faults)}`
	);
}

const row = (report: StoredReport): string => `<tr>
<td><a href="/laporan/${report.id}">#${report.id}</a></td><td>${escapeHtml(wibText(report.at))}</td>
<td class="text">${escapeHtml(report.payload['title'])}</td><td class="text">${escapeHtml(report.payload['tags_raw'])}</td>
<td>${statusChip(report.statusName)}</td><td>${report.followups.length}</td></tr>`;

/** The faults that people can choose on the page. The fault `answer` needs a body, which only tests send. */
const choosableFaults = Object.fromEntries(Object.entries(FAULT_WORDS).filter(([kind]) => kind !== 'answer'));

function faultPanel(faults: ListedFaults): string {
	const rows = faults.map(
		(
			fault
		) => `<tr><td>${escapeHtml(FAULT_WORDS[fault.kind])}</td><td>${fault.match?.endpoint ? ENDPOINT_WORDS[fault.match.endpoint] : 'semua'}</td>
<td>${fault.probability === undefined ? '' : escapeHtml(fault.probability)}</td><td>${fault.fired}</td><td>${fault.left ?? 'terus'}</td></tr>`
	);
	const table =
		rows.length > 0
			? `<div class="scroll"><table><thead><tr><th>Jenis</th><th>Panggilan</th><th>Peluang</th><th>Terjadi</th><th>Sisa</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>
<form method="post" action="/gangguan"><input type="hidden" name="act" value="clear"><button class="plain">Hapus semua gangguan</button></form>`
			: '<p class="soft">Tidak ada gangguan: semua panggilan dijawab dengan benar.</p>';
	return `<section id="gangguan"><h2>Gangguan buatan</h2>${table}
<form method="post" action="/gangguan"><input type="hidden" name="act" value="add"><div class="row">
<div><label for="kind">Jenis gangguan</label><select id="kind" name="kind">${optionsWithWords(choosableFaults)}</select></div>
<div><label for="endpoint">Pada panggilan</label><select id="endpoint" name="endpoint"><option value="">semua</option>${optionsWithWords(ENDPOINT_WORDS)}</select></div>
<div><label for="count">Berapa kali (kosong: terus)</label><input id="count" name="count" inputmode="numeric" value="1"></div></div>
<button>Tambah gangguan</button></form></section>`;
}

const SHOWN_ABOVE = ['title', 'content'];

export function reportPage(report: StoredReport, files: readonly StoredFile[], error = ''): string {
	const { payload } = report;
	const keys = Object.entries(payload).filter(([key]) => !SHOWN_ABOVE.includes(key));
	const list = keys.map(
		([key, value]) => `<dt>${escapeHtml(key)}</dt><dd>${escapeHtml(value === null ? 'null' : value)}</dd>`
	);
	return frame(
		`Laporan #${report.id}`,
		`<p><a href="/">Semua laporan</a></p>${error ? `<p class="bad" role="alert">${escapeHtml(error)}</p>` : ''}
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
<div><label for="status_name">Status</label><select id="status_name" name="status_name">${choices(STATUS_NAMES, report.statusName)}</select></div>
<div><label for="other">atau nama lain</label><input id="other" name="other" maxlength="100"></div></div>
<label for="note">Catatan</label><input id="note" name="note" maxlength="1000"><button>Simpan status</button></form></section>`;

const followupForm = (report: StoredReport): string => `<section><h2>Tambah tindak lanjut</h2>
<form method="post" action="/laporan/${report.id}/tindak-lanjut">
<label for="content">Isi</label><textarea id="content" name="content" required maxlength="5000"></textarea><div class="row">
<div><label for="institution_from">Dari instansi</label><select id="institution_from" name="institution_from">${choices([...INSTITUTIONS.map(({ name }) => name), 'Admin SP4N-LAPOR!'], institutionNamed(report.dispositionId).name)}</select></div>
<div><label for="status_new">Sekaligus ubah status menjadi</label><select id="status_new" name="status_new"><option value="">tidak diubah</option>${choices(STATUS_NAMES)}</select></div></div>
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
			who: `${institutionFrom ?? 'Pelapor'}${by === 'api' ? ' (lewat API)' : ''}`,
			text: content
		}))
	].sort((a, b) => b.at.localeCompare(a.at));
	const items = entries.map(
		({ at, who, text }) =>
			`<li><span class="soft">${escapeHtml(wibText(at))} · ${escapeHtml(who)}</span><pre>${escapeHtml(text)}</pre></li>`
	);
	return `<section><h2>Riwayat</h2><ol class="log">${items.join('')}</ol></section>`;
}

const EMAILS_SHOWN = 100;

/** The address of the page of an e-mail. A position in the list would change with each new e-mail. */
export const emailPath = ({ messageId }: ShownEmail): string => `/e-mail/${encodeURIComponent(messageId)}`;

/** The list of caught e-mails, newest first. `emails` is undefined if no mail catcher is running. */
export function emailsPage(emails: readonly ShownEmail[] | undefined): string {
	if (!emails)
		return frame('E-mail', section('E-mail', '<p class="soft">Penampung e-mail tidak dijalankan di sini.</p>'));
	const rows = emails
		.toReversed()
		.slice(0, EMAILS_SHOWN)
		.map(
			(email) => `<li><a href="${emailPath(email)}">${escapeHtml(email.subject)}</a>
<span class="soft">${escapeHtml(wibText(email.at))} · kepada ${escapeHtml(email.to)}</span></li>`
		);
	const list =
		rows.length > 0
			? `<ol class="emails">${rows.join('')}</ol>`
			: '<p class="soft">Belum ada e-mail. Ringkasan pagi ditulis pukul 08.00 pada hari kerja; dari halaman penerusan di SPATULA ringkasan juga dapat dikirim ke e-mail sendiri kapan saja.</p>';
	return frame(
		'E-mail',
		section(
			`E-mail yang dikirim SPATULA (${emails.length})`,
			`<p class="soft">Ditampung di komputer ini dan tidak diteruskan ke siapa pun.</p>${list}`
		)
	);
}

const section = (title: string, body: string): string => `<section><h1>${escapeHtml(title)}</h1>${body}</section>`;

export function emailPage(email: ShownEmail): string {
	const facts = [
		['Dari', email.from],
		['Kepada', email.to],
		['Diterima', wibText(email.at)],
		['Message-ID', email.messageId]
	].map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
	return frame(
		email.subject,
		`<p><a href="/e-mail">Semua e-mail</a></p>
<section><h1>${escapeHtml(email.subject)}</h1><dl>${facts.join('')}</dl><pre class="email">${withLinks(email.text)}</pre></section>`
	);
}

/** Escapes a foreign text, and makes links of its addresses. */
export const withLinks = (text: string): string =>
	escapeHtml(text).replace(
		/https?:\/\/[^\s<>]+/g,
		(address) => `<a href="${address}" target="_blank" rel="noopener">${address}</a>`
	);
