export type SheetSize = 'A4' | 'A6';

/**
 * What a place's printed sheet says. All is text as it shall be read, in the language of the wall: Indonesian. No
 * officer's name belongs here.
 */
export type SheetContent = {
	officeName: string;
	placeName: string;
	/** What the QR code holds. */
	url: string;
	/** The address to type by hand, without protocol. */
	displayAddress: string;
	/** Six letters. */
	code: string;
	/** Working days until the first reply. */
	promiseDays: number;
	otherWays: readonly string[];
	responsible: string;
	address: string;
	sheetNo: string;
	date: string;
	domain: string;
	/** The unit's colour as `#rrggbb`, for the head of the sheet. */
	accent?: string;
};
