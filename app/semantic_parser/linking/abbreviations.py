"""What the parts of technical names are short for, in any catalog."""

from __future__ import annotations

from app.semantic_parser.tokens import stem

_MEANINGS = """
    ac = alternating current|air conditioning; acc = account|accuracy; acct = account;
    act = actual|active; actl = actual; addr = address; adm = admission; adv = advertiser;
    agg = aggregate; agt = agent; alt = altitude|alternative; amb = ambient; amt = amount;
    appl = application; appt = appointment; apt = apartment; arr = arrival; asn = assignment;
    att = attempt; attr = attribute; auth = authorisation|authorization|authentication;
    avail = available|availability; avg = average; bal = balance; bat = battery; batt = battery;
    bch = branch|batch; bldg = building; bp = blood pressure|basis points; br = branch; brk = break;
    brnd = brand; bw = bandwidth; byt = byte; cal = calendar|calories; calc = calculated;
    camp = campaign; canc = cancelled; cap = capacity; capa = capacity; cat = category;
    categ = category; catg = category; cd = code; celsius = degree; cert = certificate;
    cfg = configuration; ch = channel; chan = channel; chg = charge|change; chk = check;
    chnl = channel; chrg = charge; cl = class; clk = click; cls = class; clsd = closed;
    clt = client; cmt = comment; cnt = count|number; cntry = country; co = company;
    coll = collection; comm = communication|comment|commission; comp = company|component|completed;
    compl = completed; conc = concentration; cond = condition;
    conf = confidence|configuration|confirmed; config = configuration; conn = connection|connector;
    cons = consumption; consump = consumption; cont = content|container; conv = conversion;
    coord = coordinate; corp = corporation; cpu = processor; cr = credit; crd = card;
    crncy = currency; crs = course; crt = created; ct = count|city; ctr = center|centre|counter;
    ctrl = control; ctry = country; cty = city; cum = cumulative; cur = currency|current;
    curr = currency|current; cust = customer; cx = customer; cyc = cycle; db = decibel;
    dbm = decibel; dc = direct current; dec = decline; decl = decline; del = delivery|deleted;
    deliv = delivery; dep = departure|deposit; dept = department; desc = description;
    descr = description; dest = destination; det = detail; dev = device; dgn = diagnosis;
    dia = diameter; diag = diagnosis; diff = difference; dim = dimension; dir = direction;
    disc = discount; disch = discharge; disp = dispatch; dist = distance|district; div = division;
    dl = download|downlink; dlv = delivery; dlvr = delivery; dlvry = delivery; dly = delay;
    dmg = damage; dnld = download; dob = date of birth; doc = document|doctor;
    dpt = department|departure; drv = driver; drvr = driver; dst = destination; dstn = destination;
    dt = date|time; dtl = detail; dtm = time; dur = duration; dura = duration; dvc = device;
    dwn = download|down; ean = article number; ed = editor; edu = education; eff = efficiency;
    elec = electricity; elev = elevation; em = email; emp = employee; empl = employee; en = energy;
    eng = engine|engineer; env = environment; eqp = equipment; equip = equipment; err = error;
    est = estimated; eta = estimated time of arrival; ev = event|electric vehicle; evt = event;
    exc = exception; exch = exchange; exec = execution; exp = expiry|expected|expense|expiration;
    ext = extension|external; fac = facility|factory; fc = forecast; fcst = forecast; flr = floor;
    flt = flight; fname = first name; freq = frequency; frm = from; frt = freight; fw = firmware;
    fwd = forward; gb = gigabyte; gen = generation|gender; geo = location; gndr = gender;
    gps = location; grd = grade; grp = group; gw = gateway; hb = heartbeat; hgt = height;
    hist = history; hosp = hospital; hpa = hectopascal; hr = hour|heart rate; hrs = hour;
    ht = height; hum = humidity; humid = humidity; hw = hardware; hz = frequency;
    ident = identifier; img = image; impr = impression; imps = impression; inb = inbound;
    inc = incident; incid = incident; ind = indicator|industry; info = information; ins = insurance;
    insp = inspection; inst = installation|institution; instr = instruction|instrument;
    int = internal; intl = international; inv = invoice|inventory; invc = invoice; ip = address;
    iss = issue|issuer; itm = item; jrny = journey; kb = kilobyte; kg = kilogram|kilo;
    km = kilometre|kilometer; kmh = speed|kilometres per hour; kpa = kilopascal;
    kph = speed|kilometres per hour; kpi = indicator; kw = kilowatt; kwh = kilowatt hour;
    lab = laboratory; lang = language; lat = latitude|latency; ldg = loading; len = length;
    lev = level; lic = licence|license; lim = limit; ln = line; lname = last name;
    lng = longitude|language; loc = location; locn = location; lon = longitude; lst = last;
    ltcy = latency; lux = light; lvl = level; mach = machine; mag = magnitude; maint = maintenance;
    maj = major; mat = material; matl = material; max = maximum; mb = megabyte;
    mbps = megabits per second|speed; mbr = member; mch = machine|merchant;
    med = medication|medicine; mem = memory|member; merch = merchant; meth = method;
    mfg = manufacturing|manufacturer; mfr = manufacturer; mg = milligram; mgr = manager;
    min = minute|minimum; mkt = market; mnth = month; mob = mobile; mod = model|modified;
    moist = moisture; mph = miles per hour; mrch = merchant; mrchnt = merchant; ms = millisecond;
    msg = message; mthd = method; mtr = meter; mvmt = movement; mw = megawatt; mwh = megawatt hour;
    nam = name; nbr = number; net = network; nm = name; no = number; nr = number; ntwk = network;
    num = number; obs = observation; oc = occupancy; occ = occupancy; off = office;
    op = operator|operation; oper = operator; opr = operator; opt = option; ord = order;
    org = organisation|organization|origin; orig = origin|original; os = operating system;
    outb = outbound; pat = patient; pax = passenger; pay = payment; pct = percent|percentage;
    perc = percent; perf = performance; pers = person; ph = phone; phn = phone; pic = picture;
    pk = peak; pkg = package; pkt = packet; plc = place; plt = plant|plate; pmt = payment;
    pnt = point; pop = population; pos = position|point of sale; pow = power;
    ppm = concentration|parts per million; prc = price; prcl = parcel; prd = product|period;
    prec = precipitation; precip = precipitation; pref = preference; prem = premium;
    pres = pressure; press = pressure; prev = previous; prgm = program; pri = priority;
    prio = priority; proc = process|procedure; prod = product|production; prof = profile;
    prog = program|progress; proj = project; prom = promotion|promised; prop = property;
    prov = provider|province; prs = pressure; psgr = passenger; pt = patient|point; ptnt = patient;
    pub = publisher; purch = purchase; pv = photovoltaic|solar panels|page view; pwr = power;
    pymt = payment; qlty = quality; qnty = quantity; qty = quantity; qual = quality;
    quant = quantity; que = queue; rcpt = receipt; rcv = received; rcvd = received; rdg = reading;
    rec = record|received; recv = received|receiver; ref = reference; reg = region|registration;
    rej = rejected; rel = release; rem = remaining|remark; rep = representative|report;
    req = request|required; res = reservation|resolution|result; resp = response; ret = return;
    rev = revenue; rgn = region; rh = relative humidity; rm = room; rmk = remark; rng = range;
    rpm = revolutions per minute|rotation speed; rpt = report; rslt = result; rsn = reason;
    rte = route; rtg = rating; rtn = return; rtt = round trip time|latency;
    rx = received|prescription; sal = salary; sat = saturation; sched = scheduled|schedule;
    sec = second; seg = segment; sens = sensor; seq = sequence; serv = service; sess = session;
    sev = severity; sgmt = segment; shft = shift; ship = shipment|shipping; shp = shipment;
    shpmt = shipment; sig = signal; sku = article|product; sn = serial number; snr = sensor;
    soc = state of charge|battery level; spd = speed; spec = specialty|specification;
    sqft = square feet; src = source; srv = server|service; srvc = service; ssn = session;
    st = status|state|street; sta = station; stat = status|station; std = standard; stk = stock;
    stmt = statement; stn = station; str = street; strt = start|street; stud = student;
    sub = subscriber|subscription; subj = subject; subs = subscriber|subscription; svc = service;
    svr = server; sw = software; sym = symbol; symb = symbol; sys = system|systolic; tb = terabyte;
    tel = telephone|phone; temp = temperature; term = terminal; tgt = target;
    thr = threshold|throughput; thrput = throughput; tick = ticket; tix = tickets; tkt = ticket;
    tm = time|team; tmp = temperature; tot = total; tpe = type; trans = transaction;
    trf = transfer|tariff; trk = truck|track; trl = trial; trm = terminal; trn = transaction;
    trx = transaction; ts = time|timestamp; tstamp = time|timestamp; tx = transaction|transmitted;
    txn = transaction; txt = text; typ = type; tz = time zone; ul = upload|uplink; upd = updated;
    upl = upload; usg = usage; usr = user; util = utilisation|utilization; uv = ultraviolet;
    val = value; vat = tax; veh = vehicle; vel = velocity; vend = vendor; ver = version;
    vers = version; vhcl = vehicle; vib = vibration; vis = visibility|visit; vndr = vendor;
    vol = volume; volt = voltage; vrf = verified; vw = view; wgt = weight;
    wh = warehouse|watt hours; whs = warehouse; wk = week; wnd = wind; wrhs = warehouse;
    wt = weight; wx = weather; xfer = transfer; yr = year; zip = postal code
"""


SPELLED_OUT = {
    short: tuple(meaning.strip() for meaning in meanings.split("|"))
    for short, _, meanings in (entry.strip().partition(" = ") for entry in _MEANINGS.split(";"))
}
"""A part of a name to what it may be short for, likeliest first."""

ABBREVIATIONS = {
    short: tuple(tuple(stem(word) for word in meaning.split()) for meaning in meanings)
    for short, meanings in SPELLED_OUT.items()
}
"""The same as phrases of stems."""
