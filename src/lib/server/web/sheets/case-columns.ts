import { m } from '#lib/paraglide/messages.js';
import type { Column } from '#lib/server/exports/sheet.ts';

interface OfOffice {
	unit: { name: string; timeZone: string };
}

/** A moment in the zone of the row's own office. */
export const momentColumn = <Row extends OfOffice>(label: string, at: (row: Row) => Date | null): Column<Row> => ({
	label,
	width: 18,
	moment: true,
	value: (row) => {
		const moment = at(row);
		return moment && { at: moment, zone: row.unit.timeZone };
	}
});

export const unitColumn = <Row extends OfOffice>(): Column<Row> => ({
	label: m.term_unit(),
	width: 30,
	value: (row) => row.unit.name
});

export const textColumn = <Row>(
	label: string,
	width: number,
	value: (row: Row) => string | number | null
): Column<Row> => ({
	label,
	width,
	value
});
