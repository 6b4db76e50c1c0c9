/** What staff are told of. A new kind needs its words in `routes/desk/notices` and whoever knows its occasion. */
export type NoticeKind =
	| 'clock_warning'
	| 'clock_alert'
	| 'clock_overdue'
	| 'assigned'
	| 'mentioned'
	| 'approval_wanted'
	| 'approval_passed_up'
	| 'sent_back'
	| 'message'
	| 'info_given'
	| 'disputed'
	| 'objected'
	| 'decree_missing'
	| 'case_unattended'
	| 'recap_due'
	| 'recap_overdue';
