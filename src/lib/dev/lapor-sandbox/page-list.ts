import type { FaultPlan } from './faults.ts';
import { escapeHtml, frame, statusChip, wibText, wordedOptions } from './page-frame.ts';
import { ENDPOINT_WORDS, FAULT_WORDS } from './page-words.ts';
import type { StoredReport } from './records.ts';

const PAGE = 50;

type ListedFaults = ReturnType<FaultPlan['list']>['faults'];

/** What was received, newest first, and the panel that makes things go wrong. */
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

/** An answer to order needs a body, which only a test writes. */
const forPeople = Object.fromEntries(Object.entries(FAULT_WORDS).filter(([kind]) => kind !== 'answer'));

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
<div><label for="kind">Jenis gangguan</label><select id="kind" name="kind">${wordedOptions(forPeople)}</select></div>
<div><label for="endpoint">Pada panggilan</label><select id="endpoint" name="endpoint"><option value="">semua</option>${wordedOptions(ENDPOINT_WORDS)}</select></div>
<div><label for="count">Berapa kali (kosong: terus)</label><input id="count" name="count" inputmode="numeric" value="1"></div></div>
<button>Tambah gangguan</button></form></section>`;
}
