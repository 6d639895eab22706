package nlu

// englishSignals are phrases in lower case; an underscore stands for a space.
var englishSignals = map[signal]string{
	sAssent: `
		i_confirm confirm confirmed i_can_confirm confirming i_agree agree agreed i'll_be_there i_will_be_there
		will_be_there i'll_come i_will_come i'll_report i_will_report will_report i'll_attend i_will_attend i'll_join
		i_will_join i'll_start i_will_start i'll_see_you see_you_then see_you_on see_you_there see_you see_ya
		looking_forward look_forward can't_wait cannot_wait count_me_in sounds_good sounds_great sounds_perfect
		works_for_me that_works it_works works_well works_great works_fine works_perfectly date_works works works_perfect
		fine_with_me fine_by_me good_for_me ok_for_me good_with_me ok_with_me that's_fine that_is_fine that's_ok
		that's_good that's_great that's_perfect all_set no_problem no_problems no_prob not_a_problem no_issue no_issues
		no_objection no_objections i'm_in i_am_in i_can_make_it can_make_it i_can_do i_can_start i_can_report i_can_join
		i_can_come i_can_attend will_do happy_to glad_to absolutely definitely of_course for_sure wouldn't_miss_it
		would_not_miss_it won't_miss_it i_wouldn't_miss wouldn't_miss without_fail i'm_coming i_am_coming i'm_available
		i_am_available on_time be_on_time i'm_ok_with i'm_fine_with i'm_good_with happy_with_the_date happy_with_that
		happy_with_this i'd_love_to i_would_love_to love_to let's_do_it let's_go will_be_on_time count_on_me that_suits_me
		suits_me suits_me_fine date_suits happy_to_accept pleased_to_accept glad_to_accept delighted_to_accept
		gladly_accept i'm_good_to_go good_to_go will_come will_attend will_join will_start will_be_present i'll_show_up
		i_shall_be_there definitely_coming i'm_definitely_coming for_sure_coming it's_a_deal`,
	sAssentFinal: `all_good i_accept accept accepted accept_it accept_the_offer`,
	sAssentWhole: `
		yes yep yeah yup yea ya sure fine great perfect good alright all_right cool excellent wonderful noted_and_confirmed
		affirmative certainly sure_thing understood_and_confirmed awesome k kk lovely right correct roger_that copy_that
		very_well ok_then`,
	sAck: `
		got_it noted received understood i_see copy acknowledged well_noted well_received i_got_it seen i'm_ok i'm_good
		i'm_fine`,
	sPermission: `
		can_i can_we could_i could_we may_i may_we is_it_possible would_it_be_possible would_that_be_possible
		is_there_any_chance any_chance is_it_ok is_it_fine is_that_ok would_it_be_ok would_that_be_ok would_that_work
		would_it_work does_that_work will_that_work would_you_mind would_that do_you_mind can_you could_you would_you
		possible_to ok_? ok_for_you work_for_you alright_if ok_if fine_if how_about what_about am_i_able`,
	sWhether: `
		can_he can_she can_they can_it can_the can_your can_our can_his can_her can_somebody can_someone can_anyone
		could_he could_she could_they could_it could_the could_your could_our could_his could_her could_somebody
		could_someone could_anyone will_my will_he will_she will_they will_we will_it will_you will_your will_our
		will_his will_her will_somebody will_someone will_anyone would_my would_he would_she would_they would_we
		would_it would_the would_your would_our would_his would_her would_somebody would_someone would_anyone
		should_my should_he should_she should_they should_we should_it should_the should_you should_your should_our
		should_his should_her should_somebody should_someone should_anyone may_my may_he may_she may_they may_it
		may_the may_you may_your may_our may_his may_her may_somebody may_someone may_anyone`,
	sWh: `
		what what's when when's where where's how how's who who's whom which why whose is_there are_there do_i do_we
		does_the does_it did_you is_the are_the will_the will_i will_there should_i shall_i do_you does_this is_this
		have_you has_the is_my are_we am_i what_time how_much how_long how_many need_to_bring is_lunch is_parking
		would_there is_it are_you are_candidates can_my could_my`,
	sMark: `?`,
	sAsk: `
		i'd_like_to_know i_would_like_to_know i_want_to_know wondering wonder question i_have_a_question have_a_question
		quick_question may_i_ask can_i_ask could_i_ask let_me_know_if please_advise please_tell_me tell_me could_you_tell
		can_you_tell could_you_please_tell inquire enquire ask_about asking i_was_wondering to_ask please_confirm
		can_you_confirm could_you_confirm kindly_confirm please_clarify`,
	sConsequence: `
		affect impact consequences happens_if what_if will_it_affect influence penalty lose_the_offer lose_my_offer
		still_valid rescind how_late how_to_reschedule how_do_i_reschedule how_can_i_reschedule how_to_postpone
		how_do_i_postpone what_happens`,
	sChange: `
		reschedule rescheduling rescheduled postpone postponing postponed delay delaying delayed defer deferring deferred
		push push_back pushed pushing_back push_it_back move_my move_the move_it move_to moved_to change_my change_the
		change_it change_to changed_to different_date another_date another_day another_time other_date other_day
		other_dates different_day different_time later_date new_date alternative_date start_later join_later report_later
		a_bit_later bit_later little_later start_earlier join_earlier earlier_date earlier_start bring_forward move_up
		sooner extension extend more_time_before another_week another_month few_days_later days_later weeks_later
		week_later a_week_later instead rather_than switch_to adjust_the adjust_my shift_my shift_it shift_the too_early
		too_soon conflicts conflict clash clashes not_before only_from only_after only_available available_from
		available_after only_start_after later_than_that week_late weeks_late days_late start_late join_late a_little_late`,
	sKeep: `
		no_need_to_change no_need_to_reschedule as_planned as_scheduled as_agreed keep_the_date keep_the_original no_change
		no_changes don't_change unchanged stick_to stick_with original_date_works don't_need_to_reschedule
		don't_need_to_postpone don't_want_to_postpone don't_want_to_reschedule not_postponing won't_need_to`,
	sUnable: `
		can't_make_it cannot_make_it can_not_make_it can't_make can't_come cannot_come can't_attend cannot_attend
		can't_report cannot_report can't_start cannot_start can't_join_on can't_do can't_be_there cannot_be_there
		won't_be_able unable_to not_able_to not_available unavailable doesn't_work does_not_work won't_work not_possible
		isn't_possible impossible not_free still_employed notice_period days_notice month_notice
		months_notice month's_notice months'_notice weeks_notice weeks'_notice not_convenient inconvenient isn't_convenient
		not_good_for_me no_good don't_think_i_can don't_think_i_could don't_think_i_will_be_able`,
	sRefuse: `
		decline declining i_decline declined withdraw withdrawing withdrawn i_withdraw turn_down turn_it_down turning_down
		turn_down_the reject_the_offer rejecting i_reject refuse_the_offer i_refuse won't_be_joining will_not_be_joining
		won't_join will_not_join not_joining not_going_to_join not_be_joining can't_join_you cannot_join_you unable_to_join
		can't_accept cannot_accept can_not_accept unable_to_accept won't_accept will_not_accept not_accepting
		not_be_accepting won't_be_accepting not_going_to_accept won't_take_the won't_take_it will_not_take_it not_taking_it not_going_to_take_it not_gonna_take_it won't_take_this will_not_take_the will_not_take_this won't_be_taking not_taking_the not_take_the
		no_longer_interested not_interested no_longer_want don't_want_the_job don't_want_this_job don't_want_the_offer
		don't_want_to_join do_not_want_to_join don't_want_to_work not_coming_anymore won't_come_anymore not_coming_at_all
		i'm_not_coming not_coming give_up_the give_up_this giving_up pass_on_this pass_on_the pass_on_your i'll_pass i_will_pass
		decided_not_to decided_against going_with_another going_with_a_different chose_another chosen_another
		accepted_another accepted_an_offer accepted_a_different accepted_a_job accepted_a_position taken_another
		took_another taking_another joined_another joining_another signed_with_another found_another found_a_better
		pursue_other pursue_another staying_with_my_current stay_with_my_current staying_at_my_current remain_with_my
		back_out backing_out pull_out pulling_out drop_out i_quit cancel_my_offer cancel_my_application
		cancel_my_onboarding i'm_out count_me_out not_gonna_join not_gonna_come not_gonna_take won't_be_coming
		will_not_be_coming won't_be_able_to_join_you not_moving_forward not_proceed not_proceeding not_to_proceed
		won't_proceed not_continue_with not_be_moving_forward decided_not decide_not_to not_to_join not_to_accept
		not_to_take going_elsewhere going_to_another accepted_elsewhere joined_elsewhere signed_elsewhere found_another_job
		found_a_job found_another_position got_another_job got_a_better_offer got_a_better stay_at_my_current
		stay_in_my_current staying_in_my_current decided_to_stay stay_with_my_present`,
	sNotRefuse: `
		not_declining not_withdrawing don't_want_to_decline not_going_to_decline won't_decline didn't_decline
		did_not_decline haven't_declined never_declined not_rejecting don't_reject never_said_i not_giving_up won't_give_up
		don't_want_to_give_up not_backing_out didn't_say_i_won't not_saying_no don't_cancel do_not_cancel
		please_don't_cancel wouldn't_decline declined_another declined_other declined_the_other declined_my_other
		turned_down_another turned_down_other turned_down_the_other turned_down_my_other rejected_another rejected_other
		rejected_the_other declined_all turned_down_all`,
	sRefuseSoft: `
		never_mind nevermind forget_it no_thanks no_thank_you cancel nope nah not_now not_for_me might_not_come
		may_not_come might_decline may_decline thinking_of_declining considering_declining may_not_join might_not_join
		don't_think_i_can_join don't_think_i'll_join`,
	sUnsure: `
		not_sure not_certain unsure i_don't_know don't_know dunno not_yet_decided haven't_decided have_not_decided
		still_deciding undecided still_thinking think_about_it think_it_over think_over let_me_think need_to_think consider
		considering still_considering need_to_check have_to_check let_me_check let_me_see will_check i'll_check need_time
		need_some_time need_more_time to_think talk_to_my_family discuss_with talk_it_over speak_with_my talk_with_my
		ask_my depends it_depends can't_confirm cannot_confirm can_not_confirm unable_to_confirm can't_say_yet hard_to_say
		to_be_confirmed tbc tbd can't_promise cannot_promise can't_guarantee no_idea on_the_fence hesitating hesitant
		not_100% waiting_for awaiting not_decided not_ready can't_commit cannot_commit can't_decide talk_to_my speak_to_my
		discuss check_with consult ask_my_parents talk_to_my_parents talk_it_over_with need_to_ask have_to_ask
		haven't_made_up_my_mind not_made_up_my_mind make_up_my_mind i'll_decide i_will_decide decide_later decide_by
		will_decide`,
	sReplyLater: `
		get_back_to_you come_back_to_you let_you_know can_i_tell_you could_i_tell_you i'll_tell_you i_will_tell_you tell_you_next tell_you_tomorrow tell_you_on tell_you_by reply_later respond_later answer_later tell_you_later later_today
		call_you_later talk_later text_you_later confirm_later confirm_tomorrow reply_tomorrow give_me_some_time
		give_me_a_day give_me_a_moment hold_on one_moment wait in_a_meeting busy_now busy_right_now brb get_back
		i'll_update update_you`,
	sHedge: `
		maybe might may perhaps probably possibly likely hopefully i_think i_guess i_suppose should_be should_work try_to
		i'll_try will_try i_hope hope tentatively tentative for_now unless_something kind_of sort_of i_believe in_principle
		fingers_crossed as_far_as_i_know most_likely seems could`,
	sCond: `
		if unless provided as_long_as assuming only_if in_case until depending once whether except subject_to only_when
		otherwise`,
	sBut: `but however although though unfortunately sadly sorry regret except_that apologies apologize afraid`,
	sNot: `
		not no never can't cannot won't don't doesn't didn't isn't aren't wasn't haven't hasn't wouldn't couldn't shouldn't
		neither nor nothing none without unable refuse`,
	sThird: `
		my_friend my_classmate my_colleague my_roommate my_brother my_sister my_wife my_husband my_mom my_dad my_boss he
		she they someone somebody he's she's they're others other_candidates your_colleague my_manager the_recruiter
		my_mother my_father my_parents my_family my_boyfriend my_girlfriend wants_me want_me told_me asked_me advised_me
		my_teacher my_advisor`,
	sReported: `
		i_never_said who_said i_didn't_say i_did_not_say didn't_agree did_not_agree never_agreed don't_confirm
		do_not_confirm haven't_confirmed have_not_confirmed not_confirmed didn't_confirm did_not_confirm don't_agree
		do_not_agree disagree as_if yeah_right by_mistake wrong_button mistakenly accidentally not_confirming don't_accept
		do_not_accept about_to almost nearly was_going_to`,
	sJoke: `just_kidding kidding jk joking just_joking`,
	sDoc: `
		medical_report health_report check-up checkup id_card id passport degree diploma certificate certificates
		transcript resume cv photo photos documents document docs doc file files form forms contract agreement bank_card
		scan scans copy_of proof attachment attachments pdf screenshot picture paperwork materials resignation_letter
		reference_letter bank_statement medical`,
	sSend: `
		i've_sent i_have_sent i_sent just_sent sent sent_you have_uploaded i've_uploaded i_uploaded uploaded just_uploaded
		submitted i've_submitted attached attaching here_is here's here_are please_find please_find_attached find_attached
		please_see_attached see_attached enclosed please_check please_review is_attached are_attached emailed mailed
		forwarded i've_attached`,
	sSendSoon: `
		i'll_send i_will_send will_send i'm_sending sending i'll_upload i_will_upload will_upload uploading i'll_submit
		i_will_submit will_submit submitting send_you send_it_to_you will_email i'll_email i_want_to_upload i_want_to_send
		let_me_send let_me_upload going_to_send going_to_upload i'd_like_to_upload need_to_upload`,
	sSendHow: `
		how_to_upload how_do_i_upload how_can_i_upload how_should_i_upload how_do_i_send how_to_send how_do_i_submit
		how_to_submit how_can_i_submit how_can_i_send where_to_upload where_do_i_upload where_can_i_upload where_to_send
		where_do_i_send where_should_i_send where_to_submit where_do_i_submit where_should_i_upload which_documents
		what_documents what_format which_format can't_upload cannot_upload upload_failed upload_fails can_i_send
		can_i_upload can_i_submit could_i_send could_i_submit did_you_receive did_you_get have_you_received
		do_i_need_to_submit do_i_need_to_send do_i_need_to_upload unable_to_upload`,
	sHuman: `
		human real_person real_human live_agent agent representative talk_to_a_person talk_to_someone speak_to_someone
		speak_with_someone talk_with_someone speak_to_a_person speak_with_a_person talk_to_hr speak_to_hr speak_with_hr
		talk_with_hr contact_hr customer_service operator call_me call_me_back give_me_a_call someone_call someone_contact
		a_person actual_person connect_me_to connect_me_with transfer_me speak_to_the_recruiter talk_to_the_recruiter
		contact_person hr_contact someone_from_hr anyone_there anybody_there anyone_here anybody_here speak_with_the_recruiter put_me_through`,
	sNoHuman: `human_resources human_resource no_need_for_a_human real_estate agent_position`,
	sAnger: `
		complain complaint complaining ridiculous terrible awful horrible unacceptable disappointed disappointing scam
		fraud liar liars useless stupid waste_of_time wasting_my_time fed_up angry furious annoyed annoying frustrating
		frustrated unprofessional disgusting pathetic worst wtf bullshit damn hell rude disrespectful nobody_replies
		no_one_replies nobody_answers no_one_answers no_response no_reply sue lawyer lawsuit report_you joke_of
		this_is_a_joke sick_of tired_of how_many_times so_slow too_slow cheated lied discriminat discrimination
		wasting_time waste_of_my_time`,
	sOptOut: `
		unsubscribe opt_out opt-out stop_sending stop_messaging stop_texting stop_contacting stop_spamming don't_message
		do_not_message don't_contact do_not_contact don't_text do_not_text stop_emailing remove_me take_me_off
		no_more_messages no_more_texts leave_me_alone stop_bothering do_not_disturb stop_these don't_send_me do_not_send_me
		stop_all quit_messaging stop_it stop_notifications turn_off_notifications mute remove_my_number delete_my_number
		stop_calling stop_the_messages stop_the_texts no_more_notifications cancel_notifications cancel_the_notifications`,
	sThanks: `
		thanks thank_you thank_you_very_much thank_you_so_much many_thanks thanks_a_lot much_appreciated appreciate
		appreciate_it i_appreciate grateful cheers thanks_so_much`,
	sGreet: `
		hi hello hey hiya good_morning good_afternoon good_evening good_day dear hi_there hello_there hey_there greetings
		are_you_there dear_hr hi_hr hello_hr how_are_you morning`,
	sReport: `
		start starting join joining report reporting onboard onboarding come attend begin start_date available availability
		free`,
	sThatDay: `that_day this_date that_date that_time this_time the_date this_day on_that_day then`,
	sBenign: `
		not_only no_doubt don't_worry no_worries nothing_else won't_be_late will_not_be_late won't_let_you_down not_be_late
		no_questions no_further_questions i'm i am we the a an to on at be very much really so excited happy glad pleased
		honored delighted team bank company with my your me you will i'll july please and it is this that there everything
		for by all in of too also as well madam guys again at_all la lah leh lor as_instructed as_requested by_then indeed
		totally completely works_out me_too our new colleagues everyone soon forward accordingly from side end fully monday
		tuesday wednesday thursday friday been has booked my_ticket tickets train flight leave taken time sharp early
		punctually punctual have decided decide had going chosen must due reasons reason personal family because therefore
		after careful consideration thinking now already just actually unfortunately_i officially formally choose chose
		regretfully that's_why anymore ve gotten got i've i'd we've`,
	sBusy: `
		sick hospital surgery have_an_exam have_exams i'm_busy i'll_be_away i'm_away out_of_town i'll_be_out on_vacation
		on_leave exam exams wedding graduation busy away travelling traveling vacation trip appointment`,
	sLater: `later`,
	sOther: `
		another_company another_offer another_bank another_employer another_job another_position a_different_company
		a_different_job a_different_offer other_offer other_company`,
	sTopic: `
		salary pay wage permit visa address location position role branch dress_code parking lunch accommodation dorm
		housing bonus insurance office`,
	sAside:    `dinner party training interview medical_exam health_check physical_exam event ceremony orientation`,
	sPast:     `was were originally previously before_that`,
	sParticle: `lol haha hahaha oh ah wow`,
	sWant:     `i_want i'd_like i_would_like i_need want would_like wish need request hope_to prefer i'd_prefer i_prefer`,
	sWait:     `still yet`,
}
