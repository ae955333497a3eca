"""General English: words that mean about the same. Nothing here belongs to any one catalog.

A group is symmetric, and a word may be in several groups.
"""

from __future__ import annotations

from app.semantic_parser.tokens import stem

_GROUPS = """
    customer client buyer shopper consumer patron; customer purchaser; member subscriber;
    customer subscriber;
    user visitor; guest visitor; employee staff worker personnel; employee colleague;
    driver chauffeur; nurse caregiver; doctor physician; patient case; student pupil;
    teacher instructor lecturer; seller vendor merchant retailer; supplier vendor provider;
    manufacturer maker brand producer; company firm business organisation organization;
    agent operator representative; manager supervisor; author writer; operator carrier;
    carrier courier shipper; city town; city municipality; country nation;
    region area zone district territory; location place site position; station stop;
    address street; warehouse depot; shop store outlet; branch office; plant factory; room chamber;
    building house property; floor storey; revenue sales turnover income earnings proceeds;
    price cost charge fee; price fare tariff; cost expense spend expenditure;
    amount value sum total; amount volume quantity; amount money; balance funds;
    quantity units pieces count; number count; quantity items; weight mass; tax vat;
    discount rebate reduction; wage salary pay; profit gain; loss deficit; invoice bill;
    order purchase; order booking reservation; sale purchase; purchase buy; payment transaction;
    payment charge; transaction transfer; refund reimbursement repayment; return refund;
    product article item goods; product merchandise; shipment parcel package delivery consignment;
    trip journey ride run; trip drive; flight departure; route line; vehicle car automobile;
    truck lorry; bus coach; tram streetcar; bike bicycle cycle; plane aircraft airplane;
    passenger rider traveller traveler; device gadget apparatus; machine equipment unit;
    sensor probe detector; computer server host; phone mobile smartphone handset; phone telephone;
    browser client; session visit; visit view; view impression; click tap; call conversation;
    message text; ticket case issue; incident accident event; alert alarm warning notification;
    error fault failure defect; error crash; broken faulty defective; failed unsuccessful;
    failed broken; succeeded successful; rejected declined refused denied; cancelled aborted;
    cancelled dropped; completed finished done; completed ended closed; closed resolved settled;
    open pending unresolved outstanding; open active ongoing; active running; active live;
    approved accepted authorised authorized; confirmed accepted; blocked frozen locked;
    lost missing; late delayed overdue; delivered arrived; shipped dispatched sent;
    online connected; offline disconnected; enabled on; disabled off; valid correct; invalid wrong;
    empty blank; kind type category class sort; category group segment; genre category;
    mode method way; method means; reason cause motive; explanation reason; state status condition;
    status outcome result; stage phase step; severity priority; severity gravity; level degree;
    level tier grade; rating score stars; rank position; direction heading; begin start;
    begin commence; finish end complete; stop end halt; create open register; created made;
    create raise; update change modify; close resolve; arrival arrive; departure depart leave;
    departure start; occupancy load utilisation utilization; capacity size; consumption usage use;
    consume use; generate produce; production output yield; generation production;
    duration length; duration lasting last; delay lateness late; delay latency lag;
    speed velocity pace; distance mileage; distance length; temperature heat warmth;
    humidity moisture; pressure force; power wattage; energy electricity; voltage volts;
    rain rainfall precipitation; gender sex; language tongue; currency money; name title;
    title headline; id identifier number; code identifier; description details;
    comment remark note; note remark; label tag; version release; firmware software; model type;
    plug connector; connector socket; battery charge; network operator; bandwidth throughput;
    traffic volume; download downlink; upload uplink; signal reception; channel medium;
    channel source; platform system; campaign promotion; advertisement ad; subscription plan;
    plan tariff; contract agreement; policy contract; claim case; premium fee; loan credit;
    debt liability; deposit payin; withdrawal payout; stock inventory; stock share; player gamer;
    game match; team squad club; winner champion; song track; artist musician; movie film;
    episode show; book title; seat place; bed place; diagnosis disease illness condition;
    drug medicine medication; dose dosage; test exam examination; exam check; sample specimen;
    treatment therapy; ward department; department division; department unit; crop plant;
    field plot; harvest yield; animal livestock; fuel petrol gas; waste garbage trash;
    source origin; origin departure; destination target; destination arrival; sender source;
    sender payer; recipient receiver addressee; recipient payee beneficiary; owner holder;
    owner proprietor; inspection check audit; maintenance service; repair fix;
    technician engineer mechanic; shift turn; attempt try; retry attempt; answer response reply;
    answer respond reply; request query; request call; threshold limit; limit cap maximum;
    review feedback; complaint grievance; vote ballot; job task; job order; queue line; batch lot;
    stopped halted; delete remove; login signin; registration signup;
    registration enrolment enrollment; join register
"""

_NOUNS = """
    arrive arrival; depart departure; delivery deliver; die death; born birth; buy purchase;
    choose choice; drive driver; earn earnings; fail failure; fall decrease; fly flight;
    grow growth; late delay; lose loss; pay payment; sell sale; ship shipment; spend cost;
    weigh weight; wide width; long length; high height; deep depth; heavy weight; hot temperature;
    warm temperature; cold temperature; fast speed; slow speed; old age; far distance;
    expensive price; cheap price; humid humidity; loud noise; full occupancy; strong strength;
    busy load
"""
"""Verbs and adjectives, each with the noun that a column is named by."""


def _synonyms() -> dict[str, tuple[str, ...]]:
    related: dict[str, dict[str, None]] = {}
    for group in _GROUPS.split(";"):
        stems = [stem(word) for word in group.split()]
        for one in stems:
            related.setdefault(one, {}).update({s: None for s in stems if s != one})
    for pair in _NOUNS.split(";"):
        said, noun = pair.split()
        related.setdefault(stem(said), {})[stem(noun)] = None
    return {word: tuple(s for s in others if s != word) for word, others in related.items()}


SYNONYMS = _synonyms()
"""Stems to the stems of about the same meaning."""
