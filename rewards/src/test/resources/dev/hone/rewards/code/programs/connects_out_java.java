import java.net.*;
public class Main { public static void main(String[] a) { try { new Socket("192.0.2.1", 80); System.out.println("escaped"); } catch (Exception e) { System.out.println("ok"); } } }
